import { describe, expect, test } from 'vitest'
import { prototypesWith } from '../../src/host/prototypes-with.ts'
import { aroundMethod, replaceMethodByGetter } from '../../src/host/replace-method.ts'

class Shop {
  sell(item: string, price: number): string {
    return `${item} for ${price}`
  }
}

function log(calls: string[], label: string): Parameters<typeof aroundMethod>[2] {
  return (target, original, args) => {
    calls.push(label)
    return Reflect.apply(original, target, args)
  }
}

describe('a replaced method', () => {
  test('is replaced on one object and on no other object', () => {
    const calls: string[] = []
    const [one, other] = [new Shop(), new Shop()]
    aroundMethod(one, 'sell', log(calls, 'one'))
    expect([one.sell('tea', 2), other.sell('tea', 2)]).toEqual(['tea for 2', 'tea for 2'])
    expect(calls).toEqual(['one'])
    expect(Object.keys(one)).toEqual([])
  })

  test('is replaced for all objects of a prototype, each of them the target of its calls', () => {
    class Own extends Shop {}
    const targets: object[] = []
    aroundMethod(Own.prototype, 'sell', (target, original, args) => {
      targets.push(target)
      return Reflect.apply(original, target, args)
    })
    const [one, other] = [new Own(), new Own()]
    one.sell('tea', 1)
    other.sell('tea', 1)
    expect(targets).toEqual([one, other])
    expect(new Shop().sell('tea', 1)).toBe('tea for 1')
    expect(targets).toHaveLength(2)
  })

  test('keeps the name, the number of parameters and the flags of the property', () => {
    const given = { sell: (item: string) => item }
    aroundMethod(given, 'sell', log([], ''))
    expect([given.sell.name, given.sell.length]).toEqual(['sell', 1])
    expect(Object.keys(given)).toEqual(['sell'])
    const shop = new Shop()
    aroundMethod(shop, 'sell', log([], ''))
    expect([shop.sell.name, shop.sell.length]).toEqual(['sell', 2])
  })

  test('calls a method that was patched on the prototype later', () => {
    class Own extends Shop {}
    const calls: string[] = []
    const shop = new Own()
    aroundMethod(shop, 'sell', log(calls, 'ours'))
    const { sell } = Own.prototype
    Own.prototype.sell = function (...args) {
      calls.push('theirs')
      return sell.apply(this, args)
    }
    shop.sell('tea', 1)
    expect(calls).toEqual(['ours', 'theirs'])
  })

  test('is undone without a trace, whether the method was inherited or not', () => {
    const shop = new Shop()
    aroundMethod(shop, 'sell', log([], ''))()
    expect(Object.hasOwn(shop, 'sell')).toBe(false)
    const sell = () => 'own'
    const own = { sell }
    aroundMethod(own, 'sell', log([], ''))()
    expect(Object.getOwnPropertyDescriptor(own, 'sell')).toEqual({
      value: sell,
      writable: true,
      enumerable: true,
      configurable: true,
    })
  })

  test('does nothing any more when it was undone under the patch of another library', () => {
    const calls: string[] = []
    const shop = new Shop()
    const undo = aroundMethod(shop, 'sell', log(calls, 'ours'))
    const { sell } = shop
    shop.sell = function (...args) {
      calls.push('theirs')
      return sell.apply(this, args)
    }
    undo()
    expect(shop.sell('tea', 1)).toBe('tea for 1')
    expect(calls).toEqual(['theirs'])
  })

  test('is refused for a purpose that it has already, until it was undone', () => {
    const calls: string[] = []
    const shop = new Shop()
    const undo = aroundMethod(shop, 'sell', log(calls, 'first'), 'count')
    const undoRefused = aroundMethod(shop, 'sell', log(calls, 'refused'), 'count')
    aroundMethod(shop, 'sell', log(calls, 'other'), 'log')
    shop.sell('tea', 1)
    expect(calls).toEqual(['other', 'first'])
    undoRefused()
    shop.sell('tea', 1)
    expect(calls).toHaveLength(4)
    undo()
    aroundMethod(shop, 'sell', log(calls, 'again'), 'count')
    shop.sell('tea', 1)
    expect(calls.slice(4)).toEqual(['again', 'other'])
  })

  test('leaves a method alone that does not exist', () => {
    const nothing = {}
    aroundMethod(nothing, 'sell', log([], ''))()
    expect(nothing).toEqual({})
  })

  test('passes on the function that was called, for the stack above it', () => {
    const shop = new Shop()
    let called: unknown
    aroundMethod(shop, 'sell', (_target, _original, _args, replacement) => {
      called = replacement
    })
    shop.sell('tea', 1)
    expect(called).toBe(shop.sell)
  })
})

describe('a getter in the place of a method', () => {
  test('hears that the method is read, and gives it back when it is undone', () => {
    class Own {
      take(): string {
        return 'called'
      }
    }
    const { take } = Own.prototype
    let reads = 0
    const undo = replaceMethodByGetter(Own.prototype, 'take', (original) => () => {
      reads++
      return original
    })
    const own = new Own()
    expect(own.take()).toBe('called')
    expect(reads).toBe(1)
    undo()
    expect(Own.prototype.take).toBe(take)
  })

  test('lets an object have a method of its own', () => {
    class Own {
      take(): string {
        return 'called'
      }
    }
    replaceMethodByGetter(Own.prototype, 'take', (original) => () => original)
    const own = new Own()
    own.take = () => 'own'
    expect([own.take(), new Own().take(), Object.keys(own)]).toEqual(['own', 'called', ['take']])
  })
})

test('prototypesWith lists the prototypes that define a method, the nearest one first', () => {
  class Middle extends Shop {}
  class Own extends Middle {
    override sell(): string {
      return 'own'
    }
  }
  expect(prototypesWith(new Own(), 'sell')).toEqual([Own.prototype, Shop.prototype])
  expect(prototypesWith(undefined, 'sell')).toEqual([])
})
