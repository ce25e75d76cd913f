# Ten resources.
class differential::hundred::c056 {
  notify { 'c056 1':
    message => "1 of class c056 on ${facts['networking']['hostname']}",
  }
  notify { 'c056 2':
    message => "2 of class c056 on ${facts['networking']['hostname']}",
  }
  notify { 'c056 3':
    message => "3 of class c056 on ${facts['networking']['hostname']}",
  }
  notify { 'c056 4':
    message => "4 of class c056 on ${facts['networking']['hostname']}",
  }
  notify { 'c056 5':
    message => "5 of class c056 on ${facts['networking']['hostname']}",
  }
  notify { 'c056 6':
    message => "6 of class c056 on ${facts['networking']['hostname']}",
  }
  notify { 'c056 7':
    message => "7 of class c056 on ${facts['networking']['hostname']}",
  }
  notify { 'c056 8':
    message => "8 of class c056 on ${facts['networking']['hostname']}",
  }
  notify { 'c056 9':
    message => "9 of class c056 on ${facts['networking']['hostname']}",
  }
  notify { 'c056 10':
    message => "10 of class c056 on ${facts['networking']['hostname']}",
  }
}
